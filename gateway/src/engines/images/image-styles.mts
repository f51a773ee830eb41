/** How a style reads in a prompt, and what it must not look like. */
interface Style {
	readonly add: string;
	readonly avoid: string;
}

const style = (add: string, avoid: string): Style => ({ add, avoid });

/** MonsterAPI's style names in words that any image model understands. */
export const styles: ReadonlyMap<string, Style> = new Map([
	['3d-model', style('3D render, clean geometry, studio lighting', 'sketch, flat, grainy')],
	['analog-film', style('analog film photo, 35 mm, film grain, muted colours', 'digital, drawing')],
	['anime', style('anime style, clean line art, vivid colours', 'photo, realistic, 3D render')],
	[
		'cinematic',
		style('cinematic still, dramatic light, shallow depth of field', 'cartoon, flat light'),
	],
	['comic-book', style('comic book panel, bold outlines, halftone shading', 'photo, realistic')],
	['craft-clay', style('clay figure, stop motion, soft studio light', 'photo of a person, glossy')],
	['digital-art', style('digital painting, detailed, rich colours', 'photo, low detail')],
	['enhance', style('high detail, sharp focus, balanced light', 'blurry, noisy, low quality')],
	[
		'fantasy-art',
		style('fantasy illustration, magical atmosphere, detailed', 'modern, plain, photo'),
	],
	['futuristic', style('futuristic design, sleek surfaces, neon accents', 'old, rustic, worn')],
	[
		'isometric',
		style('isometric view, clean edges, miniature scene', 'perspective, photo, blurry'),
	],
	['line-art', style('line art, black ink on white, minimal shading', 'colour, photo, texture')],
	['lowpoly', style('low poly, flat shaded triangles', 'smooth, photo, high detail texture')],
	['neonpunk', style('neon lights, cyberpunk mood, glowing contrast', 'daylight, pale, natural')],
	['origami', style('folded paper, origami, crisp creases', 'smooth skin, photo, metal')],
	['photographic', style('photograph, natural light, 50 mm lens', 'drawing, painting, render')],
	[
		'photorealistic',
		style('photorealistic, true to life, fine detail', 'drawing, cartoon, painting'),
	],
	['pixel-art', style('pixel art, 16-bit game style, limited palette', 'smooth, blurry, photo')],
	[
		'realism',
		style('realistic, natural proportions, accurate light', 'cartoon, abstract, distorted'),
	],
	['texture', style('seamless texture, top view, even light', 'object, scene, perspective')],
	[
		'watercolor',
		style('watercolour painting, soft washes, paper grain', 'photo, hard edges, 3D render'),
	],
]);
