/**
 * Replays traces of job engines against this one: those recorded from libvirt, and our own. The format
 * is described in {@code CONTRIBUTING.md}.
 */
package org.jobcontrol.core.conformance;
