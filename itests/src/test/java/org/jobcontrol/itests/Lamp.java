package org.jobcontrol.itests;

/** A thing that only these tests manage. */
record Lamp(String name) {}
