package org.jcontainerd.cni.hostlocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jcontainerd.oci.cni.CniDns;

/** Reads resolv.conf(5). */
final class ResolvConf {
  private ResolvConf() {}

  static CniDns read(Path file) throws IOException {
    List<String> nameservers = new ArrayList<>();
    List<String> search = new ArrayList<>();
    List<String> options = new ArrayList<>();
    String domain = "";
    for (String line : Files.readAllLines(file)) {
      String[] words = line.strip().split("\\s+");
      if (words.length < 2 || words[0].startsWith("#") || words[0].startsWith(";")) {
        continue;
      }
      List<String> values = Arrays.asList(words).subList(1, words.length);
      switch (words[0]) {
        case "nameserver" -> nameservers.add(values.getFirst());
        case "domain" -> domain = values.getFirst();
        case "search" -> search.addAll(values);
        case "options" -> options.addAll(values);
        default -> {
          // sortlist and what resolvers add mean nothing in a result
        }
      }
    }
    return new CniDns(nameservers, domain, search, options);
  }
}
