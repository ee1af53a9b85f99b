import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';

// Loaded into a Node process by `--import`, before its own modules. At its end the process writes which modules it loaded:
// ES modules, CommonJS modules and native loaders alike, since V8 reports each script that it parses.

/** The modules that one process loaded. */
export interface ModuleRecord {
  /** The path of the script that the process ran. */
  readonly script: string;
  /** URLs of ES modules, and paths of CommonJS modules. */
  readonly modules: readonly string[];
}

const folder = process.env['MODULE_RECORD_FOLDER'];
if (folder === undefined) throw new Error('MODULE_RECORD_FOLDER is not set');

const modules: string[] = [];
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params }) => modules.push(params.url));
session.post('Debugger.enable');

process.on('exit', () => {
  const record: ModuleRecord = { script: process.argv[1] ?? '', modules };
  writeFileSync(path.join(folder, `${process.pid}.json`), JSON.stringify(record));
});
