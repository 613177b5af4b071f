import type { Case, ChosenSetting, Setting, SettingSubject } from '../model/index.js';

/** One choice of a value for each setting: those that are not the default, and why they cannot be had. */
export interface SettingsOfCase {
  readonly settings: Readonly<Record<string, string>>;
  /** null where all of them apply. */
  readonly problem: { readonly code: string; readonly reason: string } | null;
}

/** The cross product of the values that were chosen. */
export function settingsOfCases(subject: SettingSubject, chosen: readonly ChosenSetting[]): SettingsOfCase[] {
  return chosen.reduce<SettingsOfCase[]>(
    (before, { setting, values }) =>
      before.flatMap((one) => values.map((value): SettingsOfCase => withValue(one, setting, value, subject))),
    [{ settings: {}, problem: null }],
  );
}

function withValue(one: SettingsOfCase, setting: Setting, value: string, subject: SettingSubject): SettingsOfCase {
  if (value === setting.default) return one;
  const problem = setting.appliesTo(subject) ? null : { code: 'not-applicable', reason: setting.notApplicable };
  return { settings: { ...one.settings, [setting.name]: value }, problem: one.problem ?? problem };
}

/** The value that a case has of a setting. */
export function valueOf({ settings = {} }: Pick<Case, 'settings'>, setting: Setting): string {
  return settings[setting.name] ?? setting.default;
}

/** What the peers of a case are told of its settings. */
export function settingArguments(one: Pick<Case, 'settings'>, settings: readonly Setting[]): string[] {
  return settings.flatMap((setting) => setting.argv(valueOf(one, setting)));
}
