package io.github.thriftboot.benchmarks.driver;

/**
 * A system as its module describes it.
 *
 * @param module the module
 * @param name the name
 * @param asynchronous whether its callers can go on before the reply is there
 * @param description what is measured
 */
record SystemInfo(SystemModule module, String name, boolean asynchronous, String description) {
}
