using System.Diagnostics;

namespace DaprLocal.Hosting;

/// <summary>How this program, and the <c>dotnet</c> that runs it, are started again.</summary>
internal static class SelfCommand
{
    /// <summary>The dotnet command of this very process when it is one, else the one on the path.</summary>
    public static string DotnetPath => IsDotnet(Environment.ProcessPath) ? Environment.ProcessPath! : "dotnet";

    /// <summary>A start of dapr-local with the given arguments, standard input redirected.</summary>
    public static ProcessStartInfo Create(params ReadOnlySpan<string> arguments)
    {
        var assembly = typeof(SelfCommand).Assembly;
        var apphost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == assembly.GetName().Name;
        var start = new ProcessStartInfo(apphost ? Environment.ProcessPath! : DotnetPath) { RedirectStandardInput = true, UseShellExecute = false };
        if (!apphost)
            start.ArgumentList.Add(assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>The same start as a line that a person can paste into a shell.</summary>
    public static string Line(params ReadOnlySpan<string> arguments)
    {
        var start = Create(arguments);
        return string.Join(' ', [start.FileName, .. start.ArgumentList.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument)]);
    }

    private static bool IsDotnet(string? path) => Path.GetFileNameWithoutExtension(path) == "dotnet";
}
