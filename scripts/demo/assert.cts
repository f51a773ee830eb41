/** Throws what is wrong unless the condition holds. */
export function demand(fulfilled: boolean, otherwise: string): asserts fulfilled {
	if (!fulfilled) throw new Error(otherwise);
}
