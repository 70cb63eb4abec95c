using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>
/// Says what stuck workflow code awaits: follows the task of the code to what it waits for, and that one further, as a debugger does.
/// How the runtime keeps an async method is not documented: where it cannot be seen, there is no answer, and never an error.
/// </summary>
internal static partial class ForeignAwait
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const int Deepest = 20;

    /// <summary>The methods on the way and the type of what the last one awaits, or null.</summary>
    /// <param name="code">The task that does not end.</param>
    public static string? Describe(Task code)
    {
        try
        {
            var methods = new List<string>();
            object? awaited = code;
            for (var depth = 0; depth < Deepest && StateMachine(awaited) is { } machine && !IsFramework(machine.GetType()); depth++)
            {
                // The library's own methods are the way to the code, not part of it.
                if (machine.GetType().Assembly != typeof(ForeignAwait).Assembly) methods.Add(Method(machine.GetType()));
                awaited = Awaited(machine);
            }

            return awaited is null || awaited == code ? null
                : methods.Count == 0 ? Name(awaited)
                : $"{string.Join(" > ", methods)} awaits {Name(awaited)}";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }

    // The task of an async method holds the method's state in a field.
    private static object? StateMachine(object? task) =>
        task is Task ? task.GetType().GetField("StateMachine")?.GetValue(task) as IAsyncStateMachine : null;

    // Only the awaiter in use is set; one without any content is that of Task.Yield.
    private static object? Awaited(object machine)
    {
        var awaiters = machine.GetType().GetFields(Fields).Where(field => field.Name.StartsWith("<>u__", StringComparison.Ordinal)).Select(field => field.GetValue(machine)).OfType<object>().ToList();
        return awaiters.Select(awaiter => Content(awaiter, depth: 0)).FirstOrDefault(content => content is not null)
            ?? awaiters.FirstOrDefault(awaiter => awaiter.GetType().GetFields(Fields).Length == 0);
    }

    // Awaiters are structures around a task, or around a structure that holds one.
    private static object? Content(object? value, int depth)
    {
        if (value is null || depth > 3 || value is bool or short) return null;
        if (!value.GetType().IsValueType) return value;
        return value.GetType().GetFields(Fields).Select(field => Content(field.GetValue(value), depth + 1)).FirstOrDefault(content => content is not null);
    }

    private static string Name(object awaited)
    {
        var type = awaited.GetType();
        var origin = StateMachine(awaited) is { } machine ? Method(machine.GetType()) : null;
        if (awaited is Task)
        {
            var task = type;
            while (!task.IsVisible || task.GetGenericArguments().Any(argument => !argument.IsVisible)) task = task.BaseType!;
            return task == type ? Name(type) : $"{Name(task)} ({origin ?? Name(type)})";
        }

        return Name(type);
    }

    private static string Name(Type type)
    {
        var name = type.Name.Split('`')[0];
        if (type.IsNested) name = $"{Name(type.DeclaringType!)}.{name}";
        return type.IsGenericType && !type.IsNested ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    // A lambda or a local function is named by the method it stands in.
    private static string Method(Type machine)
    {
        var owner = machine.DeclaringType;
        while (owner?.Name.Contains('<', StringComparison.Ordinal) == true) owner = owner.DeclaringType;
        var method = MethodName().Match(machine.Name) is { Success: true } match ? match.Groups[1].Value : machine.Name;
        return owner is null ? method : $"{Name(owner)}.{method}";
    }

    private static bool IsFramework(Type type) =>
        type.Assembly.GetName().Name is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    [GeneratedRegex("<([^<>]+)>")]
    private static partial Regex MethodName();
}
