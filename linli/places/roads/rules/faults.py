"""What can be wrong with a file of roads, said so that somebody can find the place."""

from __future__ import annotations

from linli.kernel import errors

BROKEN = errors.declare(
    "roads.broken_file",
    zh="道路文件“{file}”在第{byte}字节处（第{line}行，路段{way}附近）损坏：{what}。",
    en="The road file {file} is broken at byte {byte} (line {line}, near way {way}): {what}.",
)
UNREADABLE = errors.declare(
    "roads.unreadable",
    zh="无法读取道路文件“{file}”：{what}。",
    en="The road file {file} cannot be read: {what}.",
)
BAD_CELL = errors.declare(
    "roads.bad_cell",
    zh="道路文件“{file}”第{row}行“{column}”列不正确：{what}。",
    en="The road file {file}, row {row}, column {column}: {what}.",
)
NO_COLUMN = errors.declare(
    "roads.no_column",
    zh="道路文件“{file}”第{row}行表头缺少“{column}”列，现有：{found}。",
    en="The road file {file}, header in row {row}, has no column {column}; it has: {found}.",
)
BAD_MAP = errors.declare(
    "roads.bad_map",
    zh="映射文件“{file}”的{where}不正确：{what}。",
    en="The map file {file}, {where}: {what}.",
)
EMPTY = errors.declare(
    "roads.empty",
    zh="道路文件“{file}”里没有车辆或行人可走的道路。",
    en="The road file {file} holds no road that anybody may use.",
)
NO_POINTS = errors.declare(
    "roads.no_points",
    zh="当前路网没有坐标，只能按节点编号查询。",
    en="The active road network has no coordinates; it can only be asked by node.",
)
FILE_GONE = errors.declare(
    "roads.file_gone",
    zh="路网文件{sha256}不在本机，请重新导入道路。",
    en="The file of the road network {sha256} is not here: import the roads again.",
)
