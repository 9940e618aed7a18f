# Made every other file of this folder with Pillow 12.3 and NumPy 2.4; run there.
import numpy as np
from PIL import Image

y, x = np.mgrid[0:30, 0:40]
rgb = np.stack([x * 6, y * 8, 128 + 100 * np.sin(x / 3) * np.cos(y / 4)], -1).astype(np.uint8)
colour = Image.fromarray(rgb)
grey = colour.convert("L")
colour.save("colour.png")
grey.save("grey.png")
colour.quantize(64).save("palette.png")
Image.fromarray(np.dstack([rgb, (x * 3).astype(np.uint8)])).save("alpha.png")
Image.fromarray(np.dstack([rgb[..., 0], (x * 3).astype(np.uint8)])).save("grey_alpha.png")
Image.fromarray(rgb[..., 0].astype(np.uint16) * 257).save("grey16.png")
colour.save("colour.jpg", quality=95)
grey.save("grey.jpg", quality=95)
colour.convert("CMYK").save("cmyk.jpg")
colour.save("picture.bmp")

square = colour.crop((5, 0, 35, 30))
np.savez_compressed(
    "expected.npz",
    colour=rgb, grey=np.asarray(grey),
    palette=np.asarray(Image.open("palette.png").convert("RGB")),
    colour_jpg=np.asarray(Image.open("colour.jpg")), grey_jpg=np.asarray(Image.open("grey.jpg")),
    square=np.asarray(square),
    shrunk=np.asarray(square.resize((8, 8), Image.LANCZOS)),
    grown=np.asarray(square.resize((64, 64), Image.LANCZOS)),
    stretched=np.asarray(colour.resize((16, 16), Image.LANCZOS)))
