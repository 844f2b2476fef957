/**
 * Domains and storage pools of a libvirt. {@link org.jobcontrol.libvirt.LibvirtConnection} is configured
 * with a URI; its {@link org.jobcontrol.libvirt.Connector} keeps a {@link
 * org.jobcontrol.libvirt.Hypervisor} connected and registers the drivers {@link
 * org.jobcontrol.libvirt.LibvirtDomains} and {@link org.jobcontrol.libvirt.LibvirtPools} as long as it
 * is. {@link org.jobcontrol.libvirt.Virt} are libvirt's functions, {@link
 * org.jobcontrol.libvirt.Libvirt} its errors and what it gives away, {@link
 * org.jobcontrol.libvirt.Events} what it tells, on the thread of the {@link
 * org.jobcontrol.libvirt.EventLoop}.
 */
@NullMarked
package org.jobcontrol.libvirt;

import org.jspecify.annotations.NullMarked;
