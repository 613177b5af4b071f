import { xml } from './xml.js';

export interface JunitCase {
  readonly className: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly details: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/**
 * Suites as a file that Jenkins' schema takes, the strictest there is: https://github.com/jenkinsci/xunit-plugin
 * (junit-10.xsd). There `testsuites` counts tests, failures
 * and errors, and `skipped` stands at each suite alone. A suite without cases is left out.
 */
export function junitFile(name: string, suites: readonly JunitSuite[], startedAt: string): string {
  const held = suites.filter(({ cases }) => cases.length > 0);
  const all = held.flatMap(({ cases }) => cases);
  const body = held.map((suite) => {
    const skipped = countOf(suite.cases, 'skipped');
    const attributes =
      `name="${xml(suite.name)}" ${counts(suite.cases)} skipped="${skipped}" ` + `timestamp="${xml(startedAt)}"`;
    return `  <testsuite ${attributes}>\n${suite.cases.map(testCase).join('')}  </testsuite>\n`;
  });
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ` +
    `name="${xml(name)}" ${counts(all)}>\n${body.join('')}</testsuites>\n`
  );
}

function countOf(cases: readonly JunitCase[], outcome: JunitCase['outcome']): number {
  return cases.filter((one) => one.outcome === outcome).length;
}

function counts(cases: readonly JunitCase[]): string {
  return `tests="${cases.length}" failures="${countOf(cases, 'failure')}" errors="${countOf(cases, 'error')}"`;
}

function testCase({ className, name, outcome, type, message, details }: JunitCase): string {
  const child = {
    passed: `<system-out>${xml(details === '' ? message : `${message}\n${details}`)}</system-out>`,
    failure: `<failure type="${xml(type)}" message="${xml(message)}">${xml(details)}</failure>`,
    error: `<error type="${xml(type)}" message="${xml(message)}">${xml(details)}</error>`,
    skipped: `<skipped message="${xml(message)}"/>`,
  }[outcome];
  return `    <testcase classname="${xml(className)}" name="${xml(name)}">${child}</testcase>\n`;
}
