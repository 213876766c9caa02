import './css/pages.css'
import './css/registers.css'
import './css/population.css'
import 'htmx.org'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'

wireHeader()
watchIdle()
