/*
 * n8n itself reads the "n8n" section of package.json; this is the same list for whoever requires the package.
 */
module.exports = {
	credentials: { ...require('./dist/credentials/MonsterApi.credentials.js') },
	nodes: {
		...require('./dist/nodes/MonsterApi/MonsterApi.node.js'),
		...require('./dist/nodes/MonsterApiTrigger/MonsterApiTrigger.node.js'),
	},
};
