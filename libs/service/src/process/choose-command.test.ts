import { describe, expect, test } from '@jest/globals';
import { commonFlags } from '../flags/common-flags.ts';
import { chooseCommand, type Program } from './choose-command.ts';
import { defineCommand } from './command.ts';

const program: Program = {
  name: 'registration',
  summary: 'Registers clusters.',
  version: 'v1.3.0',
  commands: [
    defineCommand({
      name: 'agent',
      summary: 'joins',
      flags: commonFlags,
      examples: ['-v 4'],
      run: () => Promise.resolve(),
    }),
    defineCommand({ name: 'controller', summary: 'accepts', flags: {}, run: () => Promise.resolve() }),
  ],
};

describe('chooseCommand', () => {
  test.each([[['--help']], [['-h']], [['help']]])('%j shows the commands', (argv) => {
    const choice = chooseCommand(program, argv);
    expect(choice).toEqual({ kind: 'help', text: expect.stringContaining('agent       joins') });
  });

  test('nothing shows the same, as an error', () => {
    expect(chooseCommand(program, [])).toMatchObject({ kind: 'usage', text: expect.stringContaining('Commands:') });
  });

  test.each([[['--version']], [['version']]])('%j shows the version', (argv) => {
    expect(chooseCommand(program, argv)).toEqual({ kind: 'version', text: 'v1.3.0\n' });
  });

  test('the help of a command has its flags, those of logging, the variables it reads, and its examples', () => {
    const choice = chooseCommand(program, ['agent', '--help']);
    if (choice.kind !== 'help') throw new Error(choice.kind);
    expect(choice.text).toContain('Usage: registration agent');
    expect(choice.text).toContain('--terminate-on-files');
    expect(choice.text).toContain('-v, --v <integer>');
    expect(choice.text).toMatch(/\nEnvironment:\n {2}POD_NAME {2,}name in the log/);
    expect(choice.text).toContain('  registration agent -v 4');
    expect(choice.text).not.toContain('logtostderr');
  });

  test('a command is ready with its verbosity and its warnings', () => {
    expect(chooseCommand(program, ['agent', '-v', '6', '--vmodule=x'])).toMatchObject({
      kind: 'ready',
      verbosity: 6,
      warnings: [],
    });
  });

  test.each([
    [['agnet'], 'unknown command "agnet"; known: agent, controller'],
    [['--kubeconfig=x', 'agent'], 'unknown command "--kubeconfig=x"; known: agent, controller'],
    [['controller', '--listen=:1'], 'unknown flag --listen; see --help for the known ones'],
  ])('%j is refused: %s', (argv, message) => {
    expect(() => chooseCommand(program, argv)).toThrow(expect.objectContaining({ name: 'ConfigError', message }));
  });
});
