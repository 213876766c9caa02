import './css/pages.css'
import { wireHeader } from './shared/header'

wireHeader()
