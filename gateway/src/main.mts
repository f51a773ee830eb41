#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// The next start takes compiled code from here, which saves a fifth of its time; where the folder cannot be written, it
// does not. Node's own place is in the folder for temporary files, where others could put code of theirs. Imports of this
// file would be compiled before.
enableCompileCache(fileURLToPath(new URL('../.compile-cache', import.meta.url)));
await import('./program.mts');
