/** A figure, a date or "—" says nothing without the head of its column, and on a phone a row's cells stand below each other. */
const BARE = /^[—<+\-\d]/

const said = (cell: HTMLTableCellElement): string => cell.textContent?.replace(/[↑↓]/g, '').trim() ?? ''

/** Gives the columns with bare cells in tables that stack on phones their head in each row (`data-name`, shown by the style there). */
export function nameCells(root: ParentNode): void {
  for (const table of root.querySelectorAll<HTMLTableElement>('table.is-stacked')) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map(said)
    const cells = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.cells.length === heads.length).flatMap((row) => [...row.cells].slice(1))
    const bare = new Set(cells.filter((cell) => BARE.test(said(cell))).map((cell) => cell.cellIndex))
    for (const cell of cells) {
      const head = heads[cell.cellIndex]
      if (head && bare.has(cell.cellIndex) && said(cell) && !cell.querySelector('input, select, button, .stage')) cell.dataset.name = head
    }
  }
}
