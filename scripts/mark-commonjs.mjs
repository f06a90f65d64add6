// The CommonJS output lives in a package whose type is "module": this marks its folder as CommonJS.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('mark-commonjs needs the folder of the CommonJS output');
  process.exit(2);
}
writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
