/*
 * The native methods of org.jcontainerd.linux.sys.JniFunctions: where a C function is, and a call of one. Nothing
 * here knows any function; types, sizes and errors are the business of the Java side.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <jni.h>
#include <stdint.h>

typedef long function(long, long, long, long, long, long, long);

#define NATIVE(name) JNIEXPORT jlong JNICALL Java_org_jcontainerd_linux_sys_JniFunctions_##name

NATIVE(address)(JNIEnv *env, jclass class, jlong name)
{
	(void)env;
	(void)class;
	return (jlong)(uintptr_t)dlsym(RTLD_DEFAULT, (const char *)(uintptr_t)name);
}

/* errno is read at once: the JVM may change it as soon as this returns. */
NATIVE(call)
(JNIEnv *env, jclass class, jlong address, jlong state, jlong a, jlong b, jlong c, jlong d, jlong e, jlong f, jlong g)
{
	long result = ((function *)(uintptr_t)address)(a, b, c, d, e, f, g);

	(void)env;
	(void)class;
	*(int *)(uintptr_t)state = errno;
	return result;
}
