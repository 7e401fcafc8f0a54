/*
 * The stopwatch of the OCI bench: one round for each line on standard input, one line of numbers for each on standard
 * output. It costs less than what it measures, which a JVM that starts a process does not.
 *
 *   rounds spawn [--hide DIR]   each line is a command, its words parted by tabs; answers "NANOS STATUS MAXRSS_KB".
 *                               With --hide, DIR is unmounted for the commands, in a mount namespace of their own.
 *   rounds floor ROOT           each line makes what a container is made of, by the shortest way that the kernel has:
 *                               clone3 with namespaces, the usual mounts, pivot_root, exec of /bin/true, wait.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS 64

extern char **environ;

static void fail(const char *call, const char *object)
{
	fprintf(stderr, "rounds: %s '%s': %s\n", call, object, strerror(errno));
	_exit(70);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void spawn_round(char *line)
{
	char *words[WORDS + 1];
	int count = 0, status;
	struct rusage usage;
	pid_t child;

	for (char *word = strtok(line, "\t"); word && count < WORDS; word = strtok(NULL, "\t"))
		words[count++] = word;
	if (count == 0) {
		errno = EINVAL;
		fail("read command", "");
	}
	words[count] = NULL;
	posix_spawn_file_actions_t files;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, 2, 1); /* standard output is ours; errors are the caller's to see */
	int64_t began = now();
	errno = posix_spawn(&child, words[0], &files, NULL, words, environ);
	if (errno)
		fail("spawn", words[0]);
	if (wait4(child, &status, 0, &usage) < 0)
		fail("wait", words[0]);
	int64_t ended = now();
	posix_spawn_file_actions_destroy(&files);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	printf("%lld %d %ld\n", (long long)(ended - began), code, usage.ru_maxrss);
}

static void mount_at(const char *type, const char *target, unsigned long flags, const char *data)
{
	if (mkdir(target, 0755) < 0 && errno != EEXIST)
		fail("mkdir", target);
	if (mount(type, target, type, flags, data) < 0)
		fail("mount", target);
}

static void device(const char *path, unsigned int minor)
{
	if (mknod(path, S_IFCHR | 0666, makedev(1, minor)) < 0)
		fail("mknod", path);
}

static void contained(const char *root)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		fail("make private", "/");
	if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(root) < 0)
		fail("bind", root);
	mount_at("proc", "proc", 0, NULL);
	mount_at("tmpfs", "dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
	mount_at("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620");
	mount_at("tmpfs", "dev/shm", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=1777,size=65536k");
	mount_at("mqueue", "dev/mqueue", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
	mount_at("sysfs", "sys", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL);
	device("dev/null", 3);
	device("dev/zero", 5);
	device("dev/full", 7);
	device("dev/random", 8);
	device("dev/urandom", 9);
	if (sethostname("box", 3) < 0)
		fail("sethostname", "box");
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		fail("pivot_root", root);
	execl("/bin/true", "true", (char *)NULL);
	fail("exec", "/bin/true");
}

static void floor_round(const char *root)
{
	struct clone_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
		.exit_signal = SIGCHLD,
	};
	int status;
	int64_t began = now();
	long child = syscall(SYS_clone3, &args, sizeof(args));

	if (child < 0)
		fail("clone3", root);
	if (child == 0)
		contained(root);
	if (waitpid((pid_t)child, &status, 0) < 0)
		fail("wait", root);
	printf("%lld %d 0\n", (long long)(now() - began), WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

static void hide(const char *directory)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		fail("unshare", directory);
	if (umount2(directory, MNT_DETACH) < 0)
		fail("unmount", directory);
}

int main(int count, char **words)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int floor = count == 3 && !strcmp(words[1], "floor");

	if (!floor && !(count >= 2 && !strcmp(words[1], "spawn"))) {
		fprintf(stderr, "usage: rounds spawn [--hide DIR] | rounds floor ROOT\n");
		return 64;
	}
	if (!floor && count == 4 && !strcmp(words[2], "--hide"))
		hide(words[3]);
	while ((length = getline(&line, &size, stdin)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = 0;
		if (floor)
			floor_round(words[2]);
		else
			spawn_round(line);
		fflush(stdout);
	}
	free(line);
	return 0;
}
