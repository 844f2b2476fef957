/**
 * What every job object keeps to, whatever its target: {@link
 * org.jobcontrol.core.contract.JobObjectContract}, run for bare targets here and for domains, pools
 * and volumes in their modules.
 */
package org.jobcontrol.core.contract;
