/** Samples of one name, of type gauge. */
export interface Family {
  /** Ends in its unit. */
  readonly name: string;
  readonly unit: string | null;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** OpenMetrics 1.0.0 text: TYPE, UNIT, HELP, samples, and EOF at the end. A family without samples is left out. */
export function exposition(families: readonly Family[]): string {
  const lines = families
    .filter((family) => family.samples.length > 0)
    .flatMap(({ name, unit, help, samples }) => [
      `# TYPE ${name} gauge`,
      ...(unit === null ? [] : [`# UNIT ${name} ${unit}`]),
      `# HELP ${name} ${escape(help)}`,
      ...samples.map(({ labels, value }) => `${name}${spellLabels(labels)} ${value}`),
    ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

function spellLabels(labels: Readonly<Record<string, string>>): string {
  const spelt = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return spelt.length === 0 ? '' : `{${spelt.join(',')}}`;
}

// A carriage return must not occur in the text, escaped or not.
function escape(text: string): string {
  return text.replaceAll('\r', ' ').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
