/* Jest's environment of the engine tests: on the gateway, skips the tests that emulator-only.json names with a reason. */
const path = require('node:path');
const { TestEnvironment } = require('jest-environment-node');
const { reasonOf, unusedNames } = require('./emulator-only.cjs');

const onGateway = process.env.MONSTERAPI_SERVER === 'gateway';

const fullName = ({ name, parent }) =>
	parent.name === 'ROOT_DESCRIBE_BLOCK' ? name : `${fullName(parent)} ${name}`;

const allTests = (block) =>
	block.children.flatMap((child) => (child.type === 'test' ? [child] : allTests(child)));

module.exports = class extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		this.file = path.basename(context.testPath);
	}

	async handleTestEvent(event, { rootDescribeBlock }) {
		if (event.name !== 'run_start') return;
		const tests = allTests(rootDescribeBlock);
		const unused = unusedNames(this.file, tests.map(fullName));
		if (unused.length > 0) {
			throw new Error(
				`emulator-only.json names tests that ${this.file} does not have: ${unused.join('; ')}`,
			);
		}
		if (!onGateway) return;
		for (const test of tests) {
			if (reasonOf(this.file, fullName(test)) !== undefined) test.mode = 'skip';
		}
	}
};
