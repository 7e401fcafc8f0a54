package org.jcontainerd.cni;

import org.jcontainerd.oci.cni.CniResult;

/**
 * A plugin: the verbs of the specification. Stateless; calls for different attachments may run at
 * the same time, calls for one may not. Kernel calls may wait: call from a platform thread.
 */
public interface CniPlugin {
  /** Makes or changes the attachment. Leaves nothing behind when it fails. */
  CniResult add(CniRequest request) throws CniFailure;

  /** Undoes ADD, whatever is left of it. What is missing is success; everything is tried. */
  void del(CniRequest request) throws CniFailure;

  /** Fails if the attachment is not as ADD left it. */
  void check(CniRequest request) throws CniFailure;

  /** Removes what belongs to attachments of this network that are not in the request's list. */
  void gc(CniRequest request) throws CniFailure;

  /** Fails if ADD could not work now. */
  void status(CniRequest request) throws CniFailure;
}
