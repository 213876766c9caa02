import { token } from '../shared/basemap'
import { page } from '../shared/words'

/** Shapes that tell things apart without colour. */
export type Shape = 'circle' | 'square' | 'diamond' | 'triangle' | 'octagon'

export interface Picture { data: ImageData; url: string }

/** Drawn at twice the size and shown at half, so that edges stay sharp on good screens. */
const SIZE = 52
let sprite: Map<string, string[]> | null = null

/** The strokes of our icons, from the sprite that the page uses anyway. */
export async function loadSprite(): Promise<void> {
  if (sprite) return
  const found = new Map<string, string[]>()
  try {
    const text = await (await fetch(page.icons)).text()
    for (const symbol of new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('symbol')) {
      const strokes = [...symbol.querySelectorAll('path')].filter((path) => path.getAttribute('stroke') !== 'none')
      found.set(symbol.id, strokes.map((path) => path.getAttribute('d') ?? ''))
    }
  } catch {
    // Without the sprite marks are plain shapes; the legend still names them.
  }
  sprite = found
}

function outline(pen: CanvasRenderingContext2D, shape: Shape, r: number): void {
  pen.beginPath()
  if (shape === 'circle') pen.arc(0, 0, r, 0, Math.PI * 2)
  else if (shape === 'square') pen.roundRect(-r * 0.88, -r * 0.88, r * 1.76, r * 1.76, 5)
  else {
    const corners = { diamond: 4, triangle: 3, octagon: 8 }[shape]
    const turn = shape === 'octagon' ? Math.PI / 8 : -Math.PI / 2
    const reach = shape === 'triangle' ? r * 1.2 : shape === 'diamond' ? r * 1.12 : r
    for (let n = 0; n < corners; n++) {
      const angle = turn + (n * Math.PI * 2) / corners
      pen.lineTo(Math.cos(angle) * reach, Math.sin(angle) * reach + (shape === 'triangle' ? 3 : 0))
    }
    pen.closePath()
  }
}

/** A mark: a shape in a colour of the design with a white (or paper) icon, or one letter, inside. */
export function picture(shape: Shape, colour: string, glyph: string, hollow = false): Picture {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE
  const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  pen.translate(SIZE / 2, SIZE / 2)
  const ink = token(colour)
  const paper = token('surface')
  outline(pen, shape, 20)
  pen.lineWidth = 5
  pen.lineJoin = 'round'
  pen.strokeStyle = paper
  pen.stroke()
  pen.fillStyle = hollow ? paper : ink
  pen.fill()
  pen.lineWidth = 2.5
  pen.strokeStyle = ink
  pen.stroke()
  const inside = hollow ? ink : token('surface')
  if ([...glyph].length === 1) {
    pen.fillStyle = inside
    pen.font = `700 21px ${getComputedStyle(document.body).fontFamily}`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(glyph, 0, shape === 'triangle' ? 4 : 1)
  } else {
    const scale = shape === 'triangle' || shape === 'diamond' ? 0.95 : 1.15
    pen.translate(-12 * scale, -12 * scale + (shape === 'triangle' ? 3 : 0))
    pen.scale(scale, scale)
    pen.strokeStyle = inside
    pen.lineWidth = 2.2
    pen.lineCap = 'round'
    for (const path of sprite?.get(glyph) ?? []) pen.stroke(new Path2D(path))
  }
  return { data: pen.getImageData(0, 0, SIZE, SIZE), url: canvas.toDataURL() }
}
