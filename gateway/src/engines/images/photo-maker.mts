/** Servers of Stable Diffusion have no field for the photo of a person; an ordinary edit would be another thing. */
export const photoMakerUnsupported: Readonly<Record<string, string>> = {
	'photo-maker':
		"PhotoMaker is not part of this server's API: run sd-cli with --photo-maker by the driver 'command'.",
};
