/** The procedures of the task service and of our own Shim service, one file each. */
@org.jspecify.annotations.NullMarked
package org.jcontainerd.jshim.service;
