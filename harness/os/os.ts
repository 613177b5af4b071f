/*
 * What the harness asks the system it runs on. Another system gets a folder beside linux/ with the same functions, and
 * here the choice between them. Until then all of it answers "not told" elsewhere, as where /proc is not mounted, and
 * the native core says that it has no code for that system (native/toolchain/targets.ts).
 */
export * from './linux/procfs.js';
