import type { AddLayerObject, ExpressionSpecification } from 'maplibre-gl'
import { FONT, token } from '../shared/basemap'
import { say, t } from '../shared/words'
import { picture, type Picture } from './pictures'
import type { LayerDef } from './types'

export interface Entry { url: string; words: string }
export interface Look { pictures: Map<string, Picture>; layers: AddLayerObject[]; legend: Entry[]; touch: string[] }

/** Colours for layers that have no look of their own, in turn; the icon tells them apart. */
const OTHERS = ['violet', 'st-signed', 'ok', 'amber', 'st-done']

const is = (name: string): ExpressionSpecification => ['==', ['get', name], true]
const alone: ExpressionSpecification = ['==', ['coalesce', ['get', 'n'], 1], 1]
const several: ExpressionSpecification = ['>', ['coalesce', ['get', 'n'], 1], 1]

export const sourceOf = (code: string): string => `L-${code}`
/** The points at which the names of areas stand. */
export const namesOf = (code: string): string => `N-${code}`

/** How a layer is drawn, what its legend says, and which of its style layers can be touched. */
export function lookOf(def: LayerDef, at: number): Look {
  if (def.geometry !== 'point') return shapes(def)
  if (def.code === 'units') return units(def)
  const look: Look = { pictures: new Map(), layers: [], legend: [], touch: [] }
  const image = def.code === 'matters' || def.code === 'hazards' ? matterImages(def, look) : plainImages(def, look, at)
  const id = sourceOf(def.code)
  const common = { source: id, ...(def.code === 'units' ? {} : { 'source-layer': def.code }), minzoom: def.min_zoom }
  look.layers.push(
    { id: `${id}-cluster`, type: 'circle', ...common, filter: several, paint: {
      'circle-radius': ['interpolate', ['linear'], ['get', 'n'], 2, 12, 100, 18, 10000, 26],
      'circle-color': token('surface'), 'circle-stroke-color': clusterColour(def), 'circle-stroke-width': 3 } },
    { id: `${id}-count`, type: 'symbol', ...common, filter: several, layout: {
      'text-field': ['concat', ['to-string', ['get', 'n']], ['case', is('late'), '!', '']],
      'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': token('ink') } },
    { id: `${id}-mark`, type: 'symbol', ...common, filter: alone, layout: {
      'icon-image': image, 'icon-size': ['interpolate', ['linear'], ['zoom'], 8, 0.6, 12, 0.9, 16, 1.1],
      'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['case', is('late'), 2, is('open'), 1, 0] } },
    { id: `${id}-name`, type: 'symbol', ...common, minzoom: Math.max(13, def.min_zoom), filter: ['all', alone, ['has', 'name']], layout: {
      'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.2], 'text-anchor': 'top', 'text-optional': true, 'text-max-width': 9 },
      paint: { 'text-color': token('ink'), 'text-halo-color': token('surface'), 'text-halo-width': 1.4 } },
  )
  look.touch = [`${id}-mark`, `${id}-cluster`]
  const cluster = picture('circle', clusterToken(def), '9', true)
  if (def.clustered) look.legend.push({ url: cluster.url, words: t('map.legend_cluster') })
  return look
}

const clusterToken = (def: LayerDef): string => (def.code === 'hazards' ? 'amber' : 'accent')

function clusterColour(def: LayerDef): ExpressionSpecification {
  return ['case', is('late'), token('danger'), ['match', ['coalesce', ['get', 'colour'], ''],
    'red', token('dispute-red'), 'yellow', token('dispute-yellow'), 'blue', token('dispute-blue'), token(clusterToken(def))]]
}

function add(look: Look, name: string, made: Picture, words: string): void {
  look.pictures.set(name, made)
  look.legend.push({ url: made.url, words })
}

function matterImages(def: LayerDef, look: Look): ExpressionSpecification {
  const id = def.code
  add(look, `${id}-late`, picture('octagon', 'danger', '!'), t('map.legend_late'))
  if (def.code === 'matters') {
    add(look, `${id}-red`, picture('square', 'dispute-red', t('map.letter_red')), t('map.legend_red'))
    add(look, `${id}-yellow`, picture('triangle', 'dispute-yellow', t('map.letter_yellow')), t('map.legend_yellow'))
    add(look, `${id}-blue`, picture('circle', 'dispute-blue', t('map.letter_blue')), t('map.legend_blue'))
  }
  const shape = def.code === 'hazards' ? 'triangle' : 'circle'
  add(look, `${id}-open`, picture(shape, clusterToken(def), def.icon), t('map.legend_open'))
  add(look, `${id}-done`, picture(shape, 'muted', 'check', true), t('map.legend_done'))
  const coloured: ExpressionSpecification = ['match', ['coalesce', ['get', 'colour'], ''],
    'red', `${id}-red`, 'yellow', `${id}-yellow`, 'blue', `${id}-blue`, `${id}-open`]
  return ['case', is('late'), `${id}-late`, ['!', is('open')], `${id}-done`, def.code === 'matters' ? coloured : `${id}-open`]
}

function plainImages(def: LayerDef, look: Look, at: number): ExpressionSpecification | string {
  if (def.code === 'agencies') {
    add(look, 'agencies-station', picture('square', 'accent', 'building'), t('map.legend_station'))
    add(look, 'agencies-room', picture('square', 'accent', 'home', true), t('map.legend_room'))
    return ['case', ['==', ['get', 'kind'], 'station'], 'agencies-station', 'agencies-room']
  }
  const name = `${def.code}-mark`
  add(look, name, picture('square', OTHERS[at % OTHERS.length] ?? 'violet', def.icon), say(def))
  return name
}

/** Units move: they come as points of their own, a diamond each, with what they do as the sign inside. */
function units(def: LayerDef): Look {
  const look: Look = { pictures: new Map(), layers: [], legend: [], touch: [] }
  for (const [state, colour, glyph] of [['ordered', 'st-way', 'navigation'], ['available', 'ok', 'check'], ['conditional', 'amber', 'clock'], ['unavailable', 'muted', 'x']] as const) {
    add(look, `units-${state}`, picture('diamond', colour, glyph, state === 'unavailable'), t(state === 'ordered' ? 'unit.on_call' : `unit.${state}`))
  }
  const id = sourceOf(def.code)
  look.layers.push(
    { id: `${id}-mark`, type: 'symbol', source: id, minzoom: def.min_zoom, layout: {
      'icon-image': ['concat', 'units-', ['get', 'state']], 'icon-size': ['interpolate', ['linear'], ['zoom'], 8, 0.6, 12, 0.85, 16, 1.05],
      'icon-allow-overlap': true, 'icon-ignore-placement': true } },
    { id: `${id}-name`, type: 'symbol', source: id, minzoom: 12.5, layout: {
      'text-field': ['get', 'call_sign'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.2], 'text-anchor': 'top', 'text-optional': true },
      paint: { 'text-color': token('ink'), 'text-halo-color': token('surface'), 'text-halo-width': 1.4 } },
  )
  look.touch = [`${id}-mark`]
  return look
}

/** A swatch for the legend of an area or a line. */
function swatch(draw: (pen: CanvasRenderingContext2D) => void): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 40
  draw(canvas.getContext('2d') as CanvasRenderingContext2D)
  return canvas.toDataURL()
}

function shapes(def: LayerDef): Look {
  const id = sourceOf(def.code)
  const common = { source: id, 'source-layer': def.code, minzoom: def.min_zoom }
  if (def.code === 'coverage') return coverage(id, common)
  if (def.code === 'disputes') return disputes(def, id, common)
  if (def.geometry === 'line') return lines(id, common)
  const line = token(def.code === 'grids' ? 'accent' : 'violet')
  const url = swatch((pen) => {
    pen.fillStyle = line
    pen.globalAlpha = 0.12
    pen.fillRect(4, 8, 32, 24)
    pen.globalAlpha = 1
    pen.strokeStyle = line
    pen.lineWidth = 3
    pen.setLineDash([7, 4])
    pen.strokeRect(4, 8, 32, 24)
  })
  return {
    pictures: new Map(), touch: [`${id}-fill`], legend: [{ url, words: t('map.legend_border') }],
    layers: [
      { id: `${id}-fill`, type: 'fill', ...common, paint: { 'fill-color': line, 'fill-opacity': 0.04 } },
      { id: `${id}-line`, type: 'line', ...common, paint: { 'line-color': line, 'line-opacity': 0.75, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.8, 14, 1.8], 'line-dasharray': [4, 2] } },
      // Names stand once, on a sheet of their own: in tiles every piece of a shape would carry its name.
      { id: `${id}-name`, type: 'symbol', source: namesOf(def.code), minzoom: 9.5, layout: {
        'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'text-max-width': 8 },
        paint: { 'text-color': line, 'text-halo-color': token('surface'), 'text-halo-width': 1.6 } },
    ],
  }
}

/** A stretch of road: bold and barred, told apart from every border. */
function lines(id: string, common: { source: string; 'source-layer': string; minzoom: number }): Look {
  const draw = (pen: CanvasRenderingContext2D): void => {
    pen.lineWidth = 12
    pen.strokeStyle = token('amber')
    pen.moveTo(0, 20)
    pen.lineTo(40, 20)
    pen.stroke()
    pen.beginPath()
    pen.lineWidth = 5
    pen.setLineDash([6, 5])
    pen.strokeStyle = token('surface')
    pen.moveTo(0, 20)
    pen.lineTo(40, 20)
    pen.stroke()
  }
  return {
    pictures: new Map(), touch: [`${id}-line`], legend: [{ url: swatch(draw), words: t('map.legend_closed') }],
    layers: [
      { id: `${id}-line`, type: 'line', ...common, layout: { 'line-cap': 'round' }, paint: { 'line-color': token('amber'), 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 3, 15, 9] } },
      { id: `${id}-bar`, type: 'line', ...common, paint: { 'line-color': token('surface'), 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1, 15, 3], 'line-dasharray': [2, 2] } },
    ],
  }
}

function coverage(id: string, common: { source: string; 'source-layer': string; minzoom: number }): Look {
  const kept = is('covered')
  const legend = ([['ok', 'map.legend_within', false], ['danger', 'map.legend_beyond', true]] as const).map(([name, words, barred]) => ({
    words: t(words),
    url: swatch((pen) => {
      pen.fillStyle = pen.strokeStyle = token(name)
      pen.globalAlpha = 0.35
      pen.fillRect(4, 4, 32, 32)
      pen.globalAlpha = 1
      pen.lineWidth = 2
      pen.strokeRect(4, 4, 32, 32)
      if (!barred) return
      for (let x = -28; x < 40; x += 10) { pen.moveTo(x, 40); pen.lineTo(x + 40, 0) }
      pen.stroke()
    }),
  }))
  return {
    pictures: new Map([['coverage-barred', bars()]]), touch: [`${id}-fill`], legend,
    layers: [
      { id: `${id}-fill`, type: 'fill', ...common, filter: kept, paint: { 'fill-color': token('ok'), 'fill-opacity': 0.22 } },
      { id: `${id}-beyond`, type: 'fill', ...common, filter: ['!', kept], paint: { 'fill-color': token('danger'), 'fill-opacity': 0.14 } },
      { id: `${id}-barred`, type: 'fill', ...common, filter: ['!', kept], paint: { 'fill-pattern': 'coverage-barred', 'fill-opacity': 0.6 } },
    ],
  }
}

/** Grids in the most urgent colour that lies in them; how many of each stands there in letters, for who sees no colour. */
function disputes(def: LayerDef, id: string, common: { source: string; 'source-layer': string; minzoom: number }): Look {
  const tones = ['red', 'yellow', 'blue'] as const
  const legend = tones.map((tone) => ({ words: t(`map.legend_${tone}`), url: swatch((pen) => {
    pen.fillStyle = pen.strokeStyle = token(`dispute-${tone}`)
    pen.globalAlpha = 0.35
    pen.fillRect(4, 4, 32, 32)
    pen.globalAlpha = 1
    pen.lineWidth = 3
    pen.strokeRect(4, 4, 32, 32)
  }) }))
  const colour: ExpressionSpecification = ['match', ['get', 'worst'], ...tones.flatMap((tone) => [tone, token(`dispute-${tone}`)]), token('quiet')] as unknown as ExpressionSpecification
  const tally = tones.map((tone) => ['case', ['>', ['get', tone], 0], ['concat', t(`map.letter_${tone}`), ['to-string', ['get', tone]], ' '], ''])
  return {
    pictures: new Map(), touch: [`${id}-fill`], legend,
    layers: [
      { id: `${id}-fill`, type: 'fill', ...common, paint: { 'fill-color': colour, 'fill-opacity': ['match', ['get', 'worst'], 'red', 0.3, 'yellow', 0.24, 0.16] } },
      { id: `${id}-line`, type: 'line', ...common, paint: { 'line-color': colour, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.2, 14, 2.4] } },
      { id: `${id}-name`, type: 'symbol', source: namesOf(def.code), minzoom: 9.5, layout: {
        'text-field': ['concat', ...tally] as unknown as ExpressionSpecification, 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 1.3] },
        paint: { 'text-color': colour, 'text-halo-color': token('surface'), 'text-halo-width': 1.8 } },
    ],
  }
}

/** Beyond the promise is barred as well as red: seen without colour. */
function bars(): Picture {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 16
  const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  pen.strokeStyle = token('danger')
  pen.lineWidth = 2
  for (const x of [-16, 0, 16]) { pen.moveTo(x, 16); pen.lineTo(x + 16, 0) }
  pen.stroke()
  return { data: pen.getImageData(0, 0, 16, 16), url: '' }
}
