import type { CaseResult, Report } from '../../harness/model/index.js';
import { html, type Markup } from './markup.js';

/** The distinct ways in which this report's figures were measured, in order of appearance. */
export interface Methods {
  readonly paragraphs: readonly string[];
  readonly cases: ReadonlyMap<string, readonly CaseResult[]>;
}

export function collectMethods(report: Report): Methods {
  const cases = new Map<string, CaseResult[]>();
  for (const result of report.results) {
    const before = cases.get(result.method);
    if (before === undefined) cases.set(result.method, [result]);
    else before.push(result);
  }
  return { paragraphs: [...cases.keys()], cases };
}

/** A link from a figure to how it was measured. */
export function methodLink(methods: Methods, result: CaseResult, text?: string): Markup {
  const number = methods.paragraphs.indexOf(result.method) + 1;
  return html`<a href="#method-${number}">${text ?? `method ${number}`}</a>`;
}
