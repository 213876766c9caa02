import {
  TerraDraw, TerraDrawCircleMode, TerraDrawLineStringMode, TerraDrawModeUndoRedo, TerraDrawPolygonMode, TerraDrawRectangleMode, TerraDrawSelectMode,
  TerraDrawSessionUndoRedo, ValidateNotSelfIntersecting, type GeoJSONStoreFeatures, type HexColor, type SnapToCustom,
} from 'terra-draw'
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter'
import { token, type maplibregl } from '../shared/basemap'

export type Stroke = 'polygon' | 'rectangle' | 'circle' | 'linestring'

interface Wishes {
  /** A shape was finished, or changed after that. */
  done: (geometry: GeoJSON.Polygon | GeoJSON.LineString) => void
  /** While drawing: whatever is there so far. */
  moving?: (geometry: GeoJSON.Geometry) => void
  changed?: () => void
  /** Where a corner is drawn to: a neighbour's border, a road. */
  snap?: SnapToCustom
}

const hex = (name: string): HexColor => token(name) as HexColor
/** A finger covers more than the tip of a mouse. */
const REACH_PX = matchMedia('(pointer: coarse)').matches ? 34 : 18

/** One hand that draws on the map, with mouse or finger: one shape at a time, undone step by step, its corners moved afterwards. */
export class Pen {
  private draw: TerraDraw | null = null
  private mode: Stroke | 'select' = 'polygon'
  private readonly restyled = (): void => this.again()

  constructor(private readonly map: maplibregl.Map, private readonly wishes: Wishes) {
    map.on('style.load', this.restyled)
  }

  /** Begin a new shape; what was drawn before goes. */
  start(stroke: Stroke): void {
    this.ready()
    this.draw?.clear()
    this.draw?.clearUndoRedoHistory()
    this.mode = stroke
    this.draw?.setMode(stroke)
    this.map.doubleClickZoom.disable()
  }

  /** Take a shape over to move its corners. */
  edit(geometry: GeoJSON.Polygon | GeoJSON.LineString): void {
    this.ready()
    const draw = this.draw as TerraDraw
    draw.clear()
    const rounded = JSON.parse(JSON.stringify(geometry), (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e9) / 1e9 : value)) as GeoJSON.Polygon
    const [added] = draw.addFeatures([{ type: 'Feature', geometry: rounded, properties: { mode: geometry.type === 'Polygon' ? 'polygon' : 'linestring' } }])
    draw.clearUndoRedoHistory()
    this.mode = 'select'
    if (added?.valid && added.id !== undefined) draw.selectFeature(added.id)
    else draw.setMode('select')
  }

  /** Ends the shape that is being drawn, as the Enter key does. */
  finish(): void {
    const target = this.map.getCanvas()
    for (const type of ['keydown', 'keyup']) target.dispatchEvent(new KeyboardEvent(type, { key: 'Enter', bubbles: true }))
  }

  undo(): void {
    if (this.draw?.canUndo()) this.draw.undo()
    const left = this.geometry
    if (left && this.mode === 'select') this.wishes.done(left)
    this.wishes.changed?.()
  }

  get canUndo(): boolean { return this.draw?.canUndo() ?? false }

  get drawing(): boolean { return this.draw?.getModeState() === 'drawing' }

  get geometry(): GeoJSON.Polygon | GeoJSON.LineString | null {
    const found = this.shapes()[0]
    return found ? (found.geometry as GeoJSON.Polygon | GeoJSON.LineString) : null
  }

  clear(): void {
    this.draw?.clear()
    this.wishes.changed?.()
  }

  stop(): void {
    this.map.off('style.load', this.restyled)
    this.end()
    this.map.doubleClickZoom.enable()
  }

  private shapes(): GeoJSONStoreFeatures[] {
    const real = (one: GeoJSONStoreFeatures): boolean => one.geometry.type !== 'Point' && !one.properties?.midPoint && !one.properties?.selectionPoint
    return (this.draw?.getSnapshot() ?? []).filter(real)
  }

  private end(): void {
    try {
      this.draw?.stop()
    } catch {
      // The style under it is gone, and its layers with it: nothing is left to take away.
    }
    this.draw = null
  }

  /** A new theme or base map took the drawing's layers along: the drawing is laid on the new one. */
  private again(): void {
    if (!this.draw) return
    const [kept] = this.shapes()
    const { mode } = this
    this.end()
    if (kept && !kept.properties?.currentlyDrawing && kept.geometry.type !== 'Point') this.edit(kept.geometry)
    else if (mode !== 'select') this.start(mode)
  }

  private ready(): void {
    if (this.draw) return
    const snapping = this.wishes.snap ? { snapping: { toCustom: this.wishes.snap } } : {}
    const accent = hex('accent')
    const paper = hex('surface')
    const area = { fillColor: accent, fillOpacity: 0.12, outlineColor: accent, outlineWidth: 3, closingPointColor: hex('ok'), closingPointOutlineColor: paper, closingPointWidth: REACH_PX / 2.6 }
    const corners = { selectionPointColor: paper, selectionPointOutlineColor: accent, selectionPointWidth: REACH_PX / 2.8, selectionPointOutlineWidth: 3, midPointColor: accent, midPointOutlineColor: paper, midPointWidth: REACH_PX / 4, midPointOutlineWidth: 2,
      selectedPolygonColor: accent, selectedPolygonFillOpacity: 0.12, selectedPolygonOutlineColor: accent, selectedPolygonOutlineWidth: 3, selectedLineStringColor: accent, selectedLineStringWidth: 4 }
    const coordinates = { midpoints: true, draggable: true, deletable: true, ...(this.wishes.snap ? { snappable: { toCustom: this.wishes.snap } } : {}) }
    const pointerDistance = REACH_PX
    const draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: this.map, coordinatePrecision: 9 }),
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo(), sessionLevel: new TerraDrawSessionUndoRedo() },
      modes: [
        new TerraDrawPolygonMode({ pointerDistance, styles: area, ...snapping, validation: (feature, { updateType }) => (updateType === 'finish' ? ValidateNotSelfIntersecting(feature) : { valid: true }) }),
        new TerraDrawRectangleMode({ pointerDistance, styles: area, drawInteraction: 'click-move-or-drag' }),
        new TerraDrawCircleMode({ pointerDistance, styles: area, drawInteraction: 'click-move-or-drag', segments: 64 }),
        new TerraDrawLineStringMode({ pointerDistance, styles: { lineStringColor: accent, lineStringWidth: 4, closingPointColor: hex('ok'), closingPointWidth: REACH_PX / 2.6 }, ...snapping }),
        new TerraDrawSelectMode({ pointerDistance, styles: corners, allowManualDeselection: false, flags: { polygon: { feature: { draggable: false, selfIntersectable: false, coordinates } }, linestring: { feature: { draggable: false, coordinates } } } }),
      ],
    })
    draw.start()
    draw.on('finish', () => {
      const made = this.geometry
      if (made) this.wishes.done(made)
    })
    draw.on('change', () => {
      const [now] = this.shapes()
      if (now) this.wishes.moving?.(now.geometry)
      this.wishes.changed?.()
    })
    this.draw = draw
  }
}
