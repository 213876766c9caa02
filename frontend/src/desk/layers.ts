import type { AddLayerObject, ExpressionSpecification } from 'maplibre-gl'

/** A colour of the design language, read from the page so that map and page never disagree. */
const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--l-${name}`).trim() || '#888'

const FONT = ['Noto Sans Regular']

function stageColour(): ExpressionSpecification {
  return ['match', ['get', 'stage'],
    'waiting', token('st-waiting'), 'unsigned', token('st-unsigned'), 'signed', token('st-signed'), 'under_way', token('st-way'),
    'on_scene', token('st-scene'), token('st-done')]
}

function unitColour(): ExpressionSpecification {
  return ['match', ['get', 'state'], 'ordered', token('st-way'), 'available', token('ok'), 'conditional', token('amber'), token('muted')]
}

/** A unit is a diamond, a matter is round: told apart without colour. One picture for each state, drawn in the page's own colours. */
export function unitPictures(): [string, ImageData][] {
  const states: [string, string][] = [['ordered', 'st-way'], ['available', 'ok'], ['conditional', 'amber'], ['unavailable', 'muted']]
  return states.map(([state, colour]) => {
    const size = 36
    const canvas = new OffscreenCanvas(size, size)
    const pen = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
    pen.translate(size / 2, size / 2)
    pen.rotate(Math.PI / 4)
    pen.fillStyle = token(colour)
    pen.strokeStyle = token('surface')
    pen.lineWidth = 3
    pen.beginPath()
    pen.roundRect(-9, -9, 18, 18, 3)
    pen.fill()
    pen.stroke()
    return [`unit-${state}`, pen.getImageData(0, 0, size, size)]
  })
}

/** The desk's own layers, from the ground up. Shape tells matter from unit; colour never stands alone. */
export function layers(): AddLayerObject[] {
  const paper = token('surface')
  const ink = token('ink')
  return [
    { id: 'units-far', type: 'circle', source: 'units', maxzoom: 11.5, paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 2.5, 11.5, 4], 'circle-color': unitColour(), 'circle-stroke-color': paper, 'circle-stroke-width': 1 } },
    { id: 'units', type: 'symbol', source: 'units', minzoom: 11.5, layout: {
      'icon-image': ['concat', 'unit-', ['get', 'state']], 'icon-size': ['interpolate', ['linear'], ['zoom'], 11.5, 0.7, 15, 1.1],
      'icon-allow-overlap': true, 'icon-ignore-placement': true } },
    { id: 'units-name', type: 'symbol', source: 'units', minzoom: 12.5, layout: {
      'text-field': ['get', 'call'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1], 'text-anchor': 'top', 'text-optional': true },
      paint: { 'text-color': ink, 'text-halo-color': paper, 'text-halo-width': 1.4 } },
    { id: 'matters', type: 'circle', source: 'matters', layout: { 'circle-sort-key': ['-', 9, ['get', 'priority']] }, paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 4, 12, 8, 15, 12], 'circle-color': stageColour(),
      'circle-stroke-color': ['case', ['get', 'late'], token('danger'), paper], 'circle-stroke-width': ['case', ['get', 'late'], 3, 2] } },
    { id: 'matters-name', type: 'symbol', source: 'matters', minzoom: 12, layout: {
      'text-field': ['get', 'title'], 'text-font': FONT, 'text-size': 12, 'text-offset': [0, -1.2], 'text-anchor': 'bottom', 'text-optional': true, 'text-max-width': 9 },
      paint: { 'text-color': ink, 'text-halo-color': paper, 'text-halo-width': 1.6 } },
    { id: 'chosen', type: 'circle', source: 'chosen', paint: {
      'circle-radius': 18, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': token('accent'), 'circle-stroke-width': 3 } },
    { id: 'candidates', type: 'circle', source: 'candidates', paint: {
      'circle-radius': ['case', ['get', 'best'], 10, 7], 'circle-color': ['case', ['get', 'best'], token('accent'), paper],
      'circle-stroke-color': token('accent'), 'circle-stroke-width': 2.5 } },
  ]
}
