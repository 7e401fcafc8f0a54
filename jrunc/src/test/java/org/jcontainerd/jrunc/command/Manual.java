package org.jcontainerd.jrunc.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Manual pages (man(7)) and the bash completion, made from what the commands say of themselves: the
 * option tables are the one source.
 */
final class Manual {
  private static final String SECTION = "8";
  private static final Map<String, String> EXIT =
      Map.of(
          "exec",
          "That of the process; with --detach 0. 255 if it could not be started.",
          "run",
          "That of the container's process, 128 and the signal's number if a signal ended it; with"
              + " --detach 0. 1 if it could not be run.",
          "check",
          "0 if nothing was found, else 1.");

  private Manual() {}

  /** All files by path below the repository. */
  static Map<Path, String> files() {
    var files = new TreeMap<Path, String>();
    files.put(Path.of("docs/man/jrunc.8"), overview());
    for (Command command : Verbs.all()) {
      files.put(Path.of("docs/man/jrunc-" + command.name() + ".8"), page(command));
    }
    files.put(Path.of("docs/completion/jrunc.bash"), completion());
    return files;
  }

  private static String overview() {
    var page = new StringBuilder(head("jrunc", "OCI runtime that explains itself"));
    page.append(".SH SYNOPSIS\n.B jrunc\n[global options] command [options] [arguments...]\n");
    page.append(".SH DESCRIPTION\n");
    page.append(
        text(
            """
            jrunc runs containers from bundles: directories with a config.json of the OCI \
            runtime specification and a root file system. Its commands, options, output and exit \
            codes are those of runc(8), so that what drives runc can drive it.

            Options come before or after a container's id; those that follow the id of exec, kill \
            and ps belong to the command, signal or ps(1) that is named there.
            """));
    page.append(".SH COMMANDS\n");
    for (Command command : Verbs.all()) {
      page.append(".TP\n.BR jrunc\\-%s (8)\n".formatted(command.name()));
      page.append(escape(sentence(command.summary()))).append('\n');
    }
    page.append(".SH GLOBAL OPTIONS\n").append(options(JruncProgram.GLOBAL));
    page.append(".SH EXIT STATUS\n");
    page.append(
        text(
            """
            0 for success, 1 for a failure (255 for one of exec), 3 for an unknown command; run and \
            exec pass on the exit code of the process they stay for. The last line of the log says \
            what failed, and then what can be done about it.
            """));
    page.append(".SH ENVIRONMENT\n");
    page.append(entry("XDG_RUNTIME_DIR", "where an ordinary user's state is, see --root"));
    page.append(
        entry(
            "LISTEN_FDS, LISTEN_PID",
            "sockets that are passed to the container's process, see sd_listen_fds(3)"));
    page.append(
        entry(
            "NOTIFY_SOCKET",
            "the service manager that is told when the container is ready, see sd_notify(3)"));
    page.append(entry("JCONTAINERD_JAVA_OPTIONS", "further options of the Java virtual machine"));
    page.append(".SH FILES\n");
    page.append(entry("/run/jrunc", "state of the containers, a directory for each"));
    return page.toString();
  }

  private static String page(Command command) {
    String name = "jrunc-" + command.name();
    var page = new StringBuilder(head(name, command.summary()));
    page.append(".SH SYNOPSIS\n.B jrunc ").append(command.name()).append('\n');
    if (!command.synopsis().isEmpty()) {
      page.append(escape(command.synopsis())).append('\n');
    }
    if (!command.description().isEmpty()) {
      page.append(".SH DESCRIPTION\n").append(text(command.description()));
    }
    if (!command.flags().all().isEmpty()) {
      page.append(".SH OPTIONS\n").append(options(command.flags()));
    }
    page.append(".SH EXIT STATUS\n");
    page.append(escape(EXIT.getOrDefault(command.name(), "0, or 1 if it failed."))).append('\n');
    page.append(".SH SEE ALSO\n.BR jrunc (8)\n");
    return page.toString();
  }

  private static String head(String name, String summary) {
    return ".\\\" Made from the commands' option tables; ManualTest says how.\n"
        + ".TH \"%s\" \"%s\" \"\" \"jcontainerd\" \"System Manager's Manual\"\n"
            .formatted(escape(name.toUpperCase(java.util.Locale.ROOT)), SECTION)
        + ".SH NAME\n%s \\- %s\n".formatted(escape(name), escape(summary));
  }

  private static String options(Flags flags) {
    var text = new StringBuilder();
    for (Flags.Flag flag : flags.all()) {
      String letter = flags.letterOf(flag).map(l -> "-" + l + ", ").orElse("");
      String value = flag.takesValue() ? " \\fI" + escape(flag.value()) + "\\fR" : "";
      text.append(".TP\n\\fB%s\\fR%s\n".formatted(escape(letter + "--" + flag.name()), value));
      text.append(escape(sentence(flag.help()))).append('\n');
    }
    return text.toString();
  }

  private static String entry(String name, String what) {
    return ".TP\n.B %s\n%s\n".formatted(escape(name), escape(sentence(what)));
  }

  private static String text(String paragraphs) {
    return List.of(paragraphs.strip().split("\n\n")).stream()
        .map(paragraph -> escape(paragraph.strip()) + "\n")
        .collect(Collectors.joining(".PP\n"));
  }

  private static String sentence(String text) {
    return text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1) + ".";
  }

  private static String escape(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  private static String completion() {
    var script = new StringBuilder();
    script.append("# bash completion for jrunc(8). Made from the commands' option tables;");
    script.append(" ManualTest says how.\n\n_jrunc() {\n");
    script.append("  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n");
    script.append("  local verb= root= i\n");
    script.append("  local global=\"").append(names(JruncProgram.GLOBAL)).append("\"\n");
    script.append("  local verbs=\"").append(String.join(" ", Verbs.NAMES)).append("\"\n");
    script.append("  COMPREPLY=()\n");
    script.append("  for ((i = 1; i < COMP_CWORD; i++)); do\n");
    script.append("    case ${COMP_WORDS[i]} in\n");
    script.append("      --root) root=${COMP_WORDS[++i]} ;;\n");
    script.append("      ").append(String.join(" | ", valued(JruncProgram.GLOBAL)));
    script.append(") ((i++)) ;;\n      -*) ;;\n");
    script.append("      *) verb=${COMP_WORDS[i]} && break ;;\n    esac\n  done\n");
    script.append("  case $verb in\n");
    script.append("    '')\n").append(values(JruncProgram.GLOBAL));
    script.append("      COMPREPLY=($(compgen -W \"$global $verbs help\" -- \"$cur\"))\n");
    script.append("      return ;;\n");
    for (Command command : Verbs.all()) {
      script.append("    ").append(command.name()).append(")\n").append(values(command.flags()));
      script.append("      [[ $cur != -* ]] || {\n        COMPREPLY=($(compgen -W \"");
      script.append(names(command.flags())).append(" --help\" -- \"$cur\"))\n");
      script.append("        return\n      }\n");
      script.append(words(command));
    }
    script.append("  esac\n}\ncomplete -o filenames -F _jrunc jrunc\n");
    return script.toString();
  }

  /** What the words of a command are: ids of containers, directories, or free. */
  private static String words(Command command) {
    String synopsis = command.synopsis();
    if (synopsis.contains("BUNDLE")) {
      return "      COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n";
    }
    boolean known = !List.of("create", "run", "plan").contains(command.name());
    return synopsis.contains("CONTAINER") && known
        ? "      COMPREPLY=($(compgen -W \"$(jrunc ${root:+--root \"$root\"} list --quiet 2> /dev/null)\""
            + " -- \"$cur\")) ;;\n"
        : "      ;;\n";
  }

  private static String names(Flags flags) {
    return flags.all().stream().map(flag -> "--" + flag.name()).collect(Collectors.joining(" "));
  }

  private static List<String> valued(Flags flags) {
    var names = new ArrayList<String>();
    for (Flags.Flag flag : flags.all()) {
      if (flag.takesValue() && !flag.name().equals("root")) {
        names.add("--" + flag.name());
        flags.letterOf(flag).ifPresent(letter -> names.add("-" + letter));
      }
    }
    return names;
  }

  /** After an option that takes a value: what the value can be. */
  private static String values(Flags flags) {
    var script = new StringBuilder();
    for (Flags.Flag flag : flags.all()) {
      if (!flag.takesValue()) {
        continue;
      }
      String option = flags.letterOf(flag).map(l -> " | -" + l).orElse("");
      String reply =
          switch (flag.value()) {
            case "DIR" -> "compgen -d -- \"$cur\"";
            case "FILE", "SOCKET" -> "compgen -f -- \"$cur\"";
            default ->
                flag.value().matches("[a-z0-9]+(\\|[a-z0-9]+)+")
                    ? "compgen -W \"" + flag.value().replace('|', ' ') + "\" -- \"$cur\""
                    : "";
          };
      script.append("        --").append(flag.name()).append(option).append(") ");
      script.append(reply.isEmpty() ? "" : "COMPREPLY=($(" + reply + ")); ");
      script.append("return ;;\n");
    }
    return script.isEmpty() ? "" : "      case $prev in\n" + script + "      esac\n";
  }
}
