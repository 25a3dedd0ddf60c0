# Completion of uloop for PowerShell, as `uloop completion --shell powershell` prints it.
# What can follow is asked of uloop itself, so that it fits the project that is meant.

Register-ArgumentCompleter -Native -CommandName 'uloop', 'uloop.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $program = @ULOOP_QUOTED_PROGRAM@
    if (-not (Test-Path -LiteralPath $program -PathType Leaf)) { $program = 'uloop' }

    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.Extent.Text }
        })
    # Windows PowerShell drops an empty argument; uloop takes two quotes for one.
    $current = if ($wordToComplete) { "$wordToComplete" } else { '""' }

    # A line of ":files" gives nothing, and for nothing PowerShell completes the names of files.
    & $program completion --candidates '--' @before $current 2>$null |
        Where-Object { $_ -and -not $_.StartsWith(':') } |
        ForEach-Object {
            $name, $help = $_ -split "`t", 2
            if (-not $help) { $help = $name }
            [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $help)
        }
}
