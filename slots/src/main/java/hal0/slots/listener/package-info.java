/** Whose a TCP port is: from /proc and the cgroup file systems, without privileges of its own. */
package hal0.slots.listener;
