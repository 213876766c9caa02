import './css/pages.css'
import 'htmx.org'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'

wireHeader()
watchIdle()
