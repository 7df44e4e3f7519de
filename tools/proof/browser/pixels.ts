import type { Browser } from './chromium';

/** How opaque a picture (PNG) is at some points, 0 to 255. */
export async function alphaAt(
  browser: Browser,
  picture: Buffer,
  points: readonly (readonly [x: number, y: number])[],
): Promise<number[]> {
  const view = await browser.page();
  try {
    return await view.page.evaluate(
      async ([source, wanted]) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.width;
        canvas.height = image.height;
        const context = canvas.getContext('2d');
        context?.drawImage(image, 0, 0);
        return wanted.map(([x, y]) => context?.getImageData(x, y, 1, 1).data[3] ?? -1);
      },
      [`data:image/png;base64,${picture.toString('base64')}`, points] as const,
    );
  } finally {
    await view.close();
  }
}
