/* Jest's global set-up of the engine tests: with MONSTERAPI_SERVER=gateway one gateway for all files. */
const { require: load } = require('tsx/cjs/api');

module.exports = async () => {
	const server = process.env.MONSTERAPI_SERVER ?? 'emulator';
	if (server === 'emulator') return;
	if (server !== 'gateway')
		throw new Error(`MONSTERAPI_SERVER is emulator or gateway, not ${server}`);
	const { openTestGateway } = load('./test-gateway.cts', __filename);
	const gateway = await openTestGateway();
	process.env.MONSTERAPI_GATEWAY = gateway.baseUrl;
	globalThis.stopTestGateway = gateway.close;
};
