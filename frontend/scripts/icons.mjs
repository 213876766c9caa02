// Writes the sprite of the icons that we use from @tabler/icons (MIT) to linli/web/static/linli/icons.svg. Run: npm run icons
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const NAMES = `phone phone-call phone-incoming map-pin map-pin-question map-2 navigation car motorbike walk users user user-check user-off clock clock-exclamation
alarm alert-triangle alert-octagon check checks x arrow-right arrow-back-up arrow-forward-up link unlink flag flag-check home building
building-community broadcast volume volume-off bell bell-ringing sun moon language wifi wifi-off refresh search list list-check chart-bar share
transfer-out message printer plus player-play lock lock-open shield shield-check steering-wheel device-mobile radio key logout dots info-circle history
circle-check circle-x circle-dashed cloud-upload ambulance flame traffic-cone headset tool package calendar chevron-right external-link keyboard
hand-stop send compass fingerprint login trending-up trending-down equal circle chevron-left chevron-down device-tv layout-dashboard adjustments
command bookmark table star filter download upload edit trash file file-text eye clipboard-check school-bell school heart-handshake camera arrow-up
arrow-down player-pause volume-3 palette users-group gavel scale report menu-2 brightness-auto corner-down-left moon-stars ear
checklist urgent layout-grid settings clipboard-list map message-circle
stack-2 lasso target-arrow polygon ruler-measure rectangle file-spreadsheet zoom-in chevron-up scissors arrows-join magnet alert-circle clock-check building-store cone device-cctv microphone photo backspace eraser cloud-check player-stop signature note paperclip message-check map-pin-check copy`.split(/\s+/)

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const symbols = NAMES.map((name) => {
  const svg = readFileSync(at(`../node_modules/@tabler/icons/icons/outline/${name}.svg`), 'utf8')
  const inner = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '')
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`
})
writeFileSync(at('../../linli/web/static/linli/icons.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">\n${symbols.join('\n')}\n</svg>\n`)
