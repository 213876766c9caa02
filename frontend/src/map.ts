import './css/tokens.css'
import './css/base.css'
import './css/components.css'
import './css/map.css'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'

wireHeader()
watchIdle()
// The map's code is large: the page stands and can be read before it has come.
void import('./map/page').then(({ MapPage }) => new MapPage())
