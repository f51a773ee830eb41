/**
 * Part of the build: an initialised, empty store in `dist`. PostgreSQL takes seconds to initialise
 * one, which the first start then saves.
 */
import { writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';

const pglite = await PGlite.create();
const dump = await pglite.dumpDataDir('gzip');
writeFileSync(new URL('../dist/empty-store.tar.gz', import.meta.url), await dump.bytes());
await pglite.close();
