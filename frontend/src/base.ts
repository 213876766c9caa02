import './css/tokens.css'
import './css/base.css'
import { watchIdle } from './shared/idle'
import { wireHeader } from './shared/header'

wireHeader()
watchIdle()
