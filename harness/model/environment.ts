/** What makes two figures comparable. null where the system does not tell. */
export interface Environment {
  readonly os: {
    readonly platform: string;
    readonly kernel: string;
    readonly arch: string;
    readonly distribution: string | null;
    readonly libc: string | null;
  };
  readonly cpu: {
    readonly model: string;
    readonly online: number;
    /** CPUs this process may run on, by affinity and cgroup. */
    readonly allowed: readonly number[];
    /** CPUs' worth of time the cgroup grants; null is no quota. */
    readonly quota: number | null;
    readonly smt: boolean | null;
    readonly sockets: number | null;
    readonly governor: string | null;
    readonly hypervisor: string | null;
    readonly mitigations: Readonly<Record<string, string>>;
    readonly clocksource: string | null;
  };
  readonly memoryBytes: number;
  readonly container: string | null;
  readonly runtime: {
    readonly name: string;
    readonly version: string;
    readonly v8: string | null;
    readonly libuv: string | null;
  };
  readonly native: { readonly version: string; readonly compiler: string; readonly sha256: string } | null;
  /** Kernel limits that a figure depends on, by name as in /proc/sys with dots. */
  readonly limits: Readonly<Record<string, string>>;
  /** SHA-256 of the parts above that make figures comparable. */
  readonly fingerprint: string;
}
