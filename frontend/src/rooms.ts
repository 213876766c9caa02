import './css/pages.css'
import './css/registers.css'
import './css/population.css'
import 'htmx.org'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'

wireHeader()
watchIdle()
const roadMap = document.querySelector<HTMLElement>('[data-pick-road]')
if (roadMap) void import('./map/pickroad').then(({ pickRoad }) => pickRoad(roadMap))
