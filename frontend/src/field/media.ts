import { sha256 } from './sealing'
import type { FileRef } from './types'
import type { Store } from './store'

/** Long side of a photo as it is kept: a number plate and a face of a house stay readable, a line in the country can carry it. */
const LONG_SIDE_PX = 1600
const QUALITY = 0.8
export const VOICE_MOST_S = 180

/**
 * A photo made small. Drawing it anew also drops what a camera writes beside a picture: serial numbers and positions do not leave the phone
 * unless the form asks for the place.
 */
export async function shrunk(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, LONG_SIDE_PX / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((done, fail) => canvas.toBlob((made) => (made ? done(made) : fail(new Error('no picture'))), 'image/jpeg', QUALITY))
}

const EXTENSION: Record<string, string> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'audio/webm': 'webm', 'audio/mp4': 'm4a', 'audio/ogg': 'ogg' }

/** Puts a file into the sealed store, once, under the hash of its bytes; answers how a record names it. */
export async function keepFile(store: Store, blob: Blob, stem: string): Promise<FileRef> {
  const data = await blob.arrayBuffer()
  const hash = await sha256(data)
  const media_type = blob.type.split(';')[0] || 'application/octet-stream'
  await store.putFile(hash, data, media_type)
  const given = blob instanceof File ? blob.name : ''
  return { sha256: hash, bytes: data.byteLength, media_type, name: given || `${stem}.${EXTENSION[media_type] ?? 'bin'}` }
}

/** Records what is spoken until `stop`, or until the longest time is over. */
export class Recording {
  readonly started = Date.now()
  private readonly parts: Blob[] = []
  private readonly ended: Promise<Blob>
  private readonly limit: number

  private constructor(private readonly recorder: MediaRecorder, stream: MediaStream) {
    this.ended = new Promise((done) => {
      recorder.addEventListener('dataavailable', (event) => { if (event.data.size) this.parts.push(event.data) })
      recorder.addEventListener('stop', () => {
        for (const track of stream.getTracks()) track.stop()
        done(new Blob(this.parts, { type: recorder.mimeType }))
      })
    })
    recorder.start(1000)
    this.limit = window.setTimeout(() => recorder.state === 'recording' && recorder.stop(), VOICE_MOST_S * 1000)
  }

  static async start(): Promise<Recording> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })
    const type = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg'].find((one) => MediaRecorder.isTypeSupported(one))
    return new Recording(new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), audioBitsPerSecond: 24_000 }), stream)
  }

  /** Whenever it ends, by a tap or by the longest time. */
  get done(): Promise<Blob> {
    return this.ended
  }

  stop(): void {
    window.clearTimeout(this.limit)
    if (this.recorder.state === 'recording') this.recorder.stop()
  }
}
