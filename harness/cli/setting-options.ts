import { Option, type Command } from 'commander';
import type { ChosenSetting, Setting } from '../model/index.js';
import { namesFrom } from './parse-options.js';

/** An option for each setting. Without it a case has the default. */
export function addSettings(command: Command, settings: readonly Setting[]): Command {
  for (const setting of settings) command.addOption(optionOf(setting));
  return command;
}

/** What the command line says of each setting, else the config; what neither says is left at its default. */
export function chosenSettings(
  options: object,
  settings: readonly Setting[],
  config: Readonly<Record<string, string>> = {},
): ChosenSetting[] {
  const given = options as Readonly<Record<string, readonly string[] | undefined>>;
  return settings.flatMap((setting) => {
    const configured = config[setting.name];
    const values =
      given[optionOf(setting).attributeName()] ?? (configured === undefined ? null : parseValues(configured, setting));
    return values === null ? [] : [{ setting, values }];
  });
}

function optionOf(setting: Setting): Option {
  return new Option(`--${setting.name} <list>`, `${setting.help} (default: ${setting.default})`).argParser((text) =>
    parseValues(text, setting),
  );
}

function parseValues(text: string, { name, values }: Setting): string[] {
  return namesFrom(text, values, `value of --${name}`, `--${name} takes ${values.join(', ')}`);
}
