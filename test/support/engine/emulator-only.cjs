/* Which engine tests only the emulator can be put through, and why: test/support/engine/emulator-only.json. */
const list = require('./emulator-only.json');

/** A name that ends with a * stands for all that begin like it. */
const matches = (pattern, name) =>
	pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** @returns {string | undefined} why a test of a file cannot run on the gateway */
const reasonOf = (file, name) =>
	Object.entries(list[file] ?? {}).find(([, names]) =>
		names.some((pattern) => matches(pattern, name)),
	)?.[0];

/** @returns {string[]} the names that are listed for a file and that none of its tests has */
const unusedNames = (file, names) =>
	Object.values(list[file] ?? {})
		.flat()
		.filter((pattern) => !names.some((name) => matches(pattern, name)));

module.exports = { reasonOf, unusedNames };
