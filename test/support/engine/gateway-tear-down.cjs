/* Jest's global tear-down of the engine tests. */
module.exports = async () => await globalThis.stopTestGateway?.();
