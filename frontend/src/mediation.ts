import './css/pages.css'
import './css/registers.css'
import './css/rounds.css'
import './css/mediation.css'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'

wireHeader()
watchIdle()

/** A signature by finger or mouse: black on white whatever the theme, because it is printed. */
function wireSigning(form: HTMLFormElement): void {
  const canvas = form.querySelector('canvas')
  const out = form.querySelector<HTMLInputElement>('input[name=drawn]')
  const way = form.querySelector<HTMLSelectElement>('select[name=way]')
  const pad = form.querySelector<HTMLElement>('[data-pad]')
  const pen = canvas?.getContext('2d')
  if (!canvas || !out || !pen || !pad) return
  pad.hidden = false
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height]
  }
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    event.preventDefault()
    pen.lineWidth = 6
    pen.lineCap = 'round'
    pen.lineJoin = 'round'
    pen.strokeStyle = getComputedStyle(canvas).getPropertyValue('--l-paper-ink').trim() || 'black'
    pen.beginPath()
    pen.moveTo(...at(event))
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!event.buttons || !canvas.hasPointerCapture(event.pointerId)) return
    pen.lineTo(...at(event))
    pen.stroke()
    out.value = 'drawn'
  })
  form.querySelector('[data-clear]')?.addEventListener('click', () => {
    pen.clearRect(0, 0, canvas.width, canvas.height)
    out.value = ''
  })
  way?.addEventListener('change', () => (pad.hidden = way.value !== 'screen'))
  form.addEventListener('submit', () => {
    if (out.value && way?.value === 'screen') out.value = canvas.toDataURL('image/png')
    else out.value = ''
  })
}

document.querySelectorAll<HTMLFormElement>('form[data-sign]').forEach(wireSigning)
