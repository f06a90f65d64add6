import { Command, CommanderError, Option, type OptionValues } from 'commander';
import { BadRequestError, codeOf, messageOf, ViewerError } from '../errors.js';
import { FORMATS } from '../model/span-files.js';
import { safeText } from '../terminal/text.js';
import { VERSION } from '../version.js';
import {
  asHeader,
  asKeys,
  asPort,
  asPositive,
  asReceiver,
  asSince,
  asValue,
  nonEmpty,
} from './arguments.js';
import { dependencies } from './deps.js';
import { exportTraces } from './export.js';
import { importFiles } from './import.js';
import { asAge, asSize, limitsOf } from './limits.js';
import { list } from './list.js';
import { runProgram } from './run.js';
import { serve } from './serve.js';
import { show } from './show.js';
import { tail } from './tail.js';

const LIST = new Intl.ListFormat('en-GB');
const MISUSE = 2;
const TROUBLE = 1;
const SINCE = 'only traces that began then or later: 90s, 15m, 1h, 7d, or a time in ISO 8601';

/** What only tests change. */
export interface MainOptions {
  /** The module that `run` preloads. Default: `opentracing-ts/register` of this installation. */
  register?: string;
}

/**
 * The command line.
 * @param args without the runtime and the script
 * @returns the exit status: 2 for misuse and 1 for trouble, each with one sentence on stderr
 */
export async function main(args: readonly string[], options: MainOptions = {}): Promise<number> {
  let status = 0;
  const program = createProgram((result) => {
    status = result;
  }, options);
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    // commander has printed the help, the version or the sentence by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSE;
    const misuse = error instanceof BadRequestError;
    const trouble = error instanceof ViewerError || codeOf(error)?.startsWith('SQLITE_');
    if (!misuse && !trouble) throw error;
    process.stderr.write(`opentracing-viewer: ${safeText(messageOf(error))}\n`);
    return misuse ? MISUSE : TROUBLE;
  }
}

function createProgram(done: (status: number) => void, { register }: MainOptions): Command {
  const collect = async (options: OptionValues, command: Command) => {
    if (options.header && !options.to) command.error("error: option '--header' needs '--to <url>'");
    done(await serve({ ...options, ...limitsOf(options) }));
  };
  const program = new Command('opentracing-viewer')
    .description('Collects the traces of programs on this machine, and shows them.')
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneSentence(text)) })
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Examples:
  opentracing-viewer                     collect, and serve the web page
  opentracing-viewer run -- node app.js  run a Node program with tracing
  opentracing-viewer ls                  list the newest traces
  opentracing-viewer ls service=shop error minDuration=10ms
  opentracing-viewer show last           draw the newest trace
  opentracing-viewer tail                print each trace as it comes`,
    );
  withReceiverOptions(withCollectorOptions(program)).action(async (options, command: Command) => {
    const [unknown] = command.args;
    if (unknown !== undefined) refuseCommand(command, unknown);
    await collect(options, command);
  });

  withReceiverOptions(withCollectorOptions(program.command('serve')))
    .description('collect, and serve the web page, until Ctrl-C; the same without a command')
    .action((_options, self: Command) => collect(self.optsWithGlobals(), self));

  withCollectorOptions(program.command('run'))
    .description('run a command with its Node programs traced, and collect their traces')
    .usage('[options] -- COMMAND...')
    .argument('<command...>', 'the command and its arguments')
    .option('--service <name>', 'the name that the program has in traces', asValue)
    .passThroughOptions()
    .action(async (command: string[], _options, self: Command) => {
      const options = self.optsWithGlobals();
      done(await runProgram({ ...options, ...limitsOf(options), command, register }));
    });

  withReceiverOptions(withCollectorOptions(program.command('forward')))
    .description('collect, and relay every span to another collector')
    .action(async (_options, self: Command) => {
      const options = self.optsWithGlobals();
      if (options.to === undefined) self.error("error: required option '--to <url>' is missing");
      done(await serve({ ...options, ...limitsOf(options) }));
    });

  withFilterOptions(program.command('ls'))
    .description('list the newest traces')
    .option('--db <file>', 'the file that keeps the traces', nonEmpty)
    .option('--since <time>', SINCE, asSince)
    .option('--limit <n>', 'how many traces', asPositive, 20)
    .option('--json', 'print JSON')
    .action((terms: string[], _options, self: Command) => {
      done(list({ ...self.optsWithGlobals(), terms }));
    });

  program
    .command('show')
    .description('draw one trace as a tree with a time line')
    .argument('<trace>', "a trace id, the beginning of one, or 'last'")
    .option('--db <file>', 'the file that keeps the traces', nonEmpty)
    .option('--verbose', 'print tags and logs too')
    .option('--json', 'print the spans as Zipkin v2 JSON')
    .action((trace: string, _options, self: Command) =>
      done(show({ ...self.optsWithGlobals(), trace })),
    );

  withFilterOptions(program.command('tail'))
    .description('print each trace as it comes, until Ctrl-C')
    .option('--spans', 'print each span, rather than each trace')
    .option('--db <file>', 'the file that keeps the traces', nonEmpty)
    .option('--json', 'print JSON, an object a line')
    .action(async (terms: string[], _options, self: Command) => {
      done(await tail({ ...self.optsWithGlobals(), terms }));
    });

  program
    .command('deps')
    .description('list which service calls which, how often, and how often that fails')
    .option('--db <file>', 'the file that keeps the traces', nonEmpty)
    .option('--since <time>', SINCE, asSince)
    .option('--json', 'print JSON')
    .action((_options, self: Command) => done(dependencies(self.optsWithGlobals())));

  program
    .command('import')
    .description('keep the spans of files: Zipkin v2 or OTLP JSON, gzip allowed')
    .argument('<file...>', "files, or '-' for standard input")
    .option('--db <file>', 'the file that keeps the traces', nonEmpty)
    .action(async (files: string[], _options, self: Command) => {
      done(await importFiles({ ...self.optsWithGlobals(), files }));
    });

  program
    .command('export')
    .description('write traces as JSON, to be imported elsewhere')
    .argument('[trace]', "a trace id, the beginning of one, or 'last' (default: all traces)")
    .option('--search <terms>', "only traces with these tags or logs, such as 'error and k=v'")
    .addOption(new Option('--format <format>', 'the format').choices(FORMATS).default('zipkin'))
    .option(
      '--output <file>',
      'the file to write; .gz compresses (default: standard output)',
      nonEmpty,
    )
    .option('--db <file>', 'the file that keeps the traces', nonEmpty)
    .action(async (trace: string | undefined, _options, self: Command) => {
      done(await exportTraces({ ...self.optsWithGlobals(), trace }));
    });

  program
    .command('help')
    .description('print the help of a command')
    .argument('[command]', 'which one (default: all of them)')
    .action((name = program.name()) => {
      const command = [program, ...program.commands].find((each) => each.name() === name);
      (command ?? refuseCommand(program, name)).outputHelp();
    });
  // Last, since subcommands inherit it: the action above has a better sentence for this.
  return program.allowExcessArguments();
}

function refuseCommand(program: Command, unknown: string): never {
  const names = LIST.format(program.commands.map((known) => known.name()));
  return program.error(`error: unknown command '${unknown}': the commands are ${names}`);
}

function withCollectorOptions(command: Command): Command {
  return command
    .option(
      '--port <n>',
      'the port to listen on, or the next free one; 0 for any (default: 9411)',
      asPort,
    )
    .option('--host <host>', 'the name or address to listen on (default: 127.0.0.1)', nonEmpty)
    .option(
      '--db <file>',
      'the file that keeps the traces (default: in the state folder)',
      nonEmpty,
    )
    .option('--max-size <size>', "how large the file may become, or 'none' (default: 1gb)", asSize)
    .option('--max-age <time>', "how long a trace is kept, or 'none' (default: 30d)", asAge)
    .option(
      '--autocomplete-keys <keys>',
      'the tags whose values clients are told, such as region,http.method',
      asKeys,
    );
}

function withFilterOptions(command: Command): Command {
  return command
    .argument(
      '[terms...]',
      "what a trace must have: 'error', 'http.status_code=500', 'service=shop', 'name=get /', 'minDuration=10ms'",
    )
    .option('--service <name>', 'the same as service=', asValue)
    .option('--name <name>', 'the same as name=', asValue)
    .option('--query <terms>', "terms in one text, such as 'error http.method=GET'");
}

function withReceiverOptions(command: Command): Command {
  return command
    .option(
      '--to <url>',
      'relay the spans to a Zipkin (http://host:9411) or to OTLP (http://host:4318/v1/traces)',
      asReceiver,
    )
    .option(
      "--header <'Name: value'>",
      'send this to the other collector too; repeatable',
      asHeader,
    );
}

/** commander's message on one line, after the program's name. */
function oneSentence(text: string): string {
  const line = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `opentracing-viewer: ${safeText(line)}\n`;
}
