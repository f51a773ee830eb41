/* Prints how many engine tests ran on the gateway, and how many were left to the emulator for which reason. */
const path = require('node:path');
const { reasonOf } = require('./emulator-only.cjs');

module.exports = class {
	onRunComplete(_contexts, { testResults, numPassedTests }) {
		if (process.env.MONSTERAPI_SERVER !== 'gateway') return;
		const counts = new Map();
		for (const { testFilePath, testResults: tests } of testResults) {
			for (const { fullName, status } of tests) {
				const reason = reasonOf(path.basename(testFilePath), fullName);
				if (status === 'pending' && reason !== undefined) {
					counts.set(reason, (counts.get(reason) ?? 0) + 1);
				}
			}
		}
		const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
		console.log(`\nOn the gateway: ${numPassedTests} passed. Left to the emulator: ${total}`);
		for (const [reason, count] of [...counts].sort(([, a], [, b]) => b - a)) {
			console.log(`  ${String(count).padStart(4)}  ${reason}`);
		}
	}
};
