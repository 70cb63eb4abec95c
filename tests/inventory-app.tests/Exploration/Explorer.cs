using System.Numerics;

namespace InventoryApp.Tests.Exploration;

/// <summary>A system that is driven step by step and whose behaviour follows from the steps alone.</summary>
internal interface IModel
{
    /// <summary>What can happen next; nothing when everything has come to rest.</summary>
    IReadOnlyList<Step> Steps();

    /// <summary>Everything that decides about the future; two equal states have the same future.</summary>
    UInt128 State();

    /// <summary>Fails when this state must not exist.</summary>
    void Check();
}

/// <summary>One thing that can happen next.</summary>
internal sealed record Step(string Name, Action Take);

/// <summary>A state that must not exist, and the steps that lead there.</summary>
internal sealed class ViolationException(IEnumerable<string> steps, Exception violation)
    : Exception($"{violation.Message}{Environment.NewLine}after: {string.Join(", ", steps)}", violation);

/// <summary>
/// Visits every interleaving of a model: depth first, by running the model anew for each path but the last from a state, since a
/// running program cannot be copied. A state that was reached before is not entered again; its number of continuations is known.
/// </summary>
internal sealed class Explorer(Func<IModel> create)
{
    private readonly Dictionary<UInt128, BigInteger> _interleavings = [];
    private readonly List<int> _path = [];

    /// <summary>States that were told apart.</summary>
    public int States => _interleavings.Count;

    /// <summary>Visits everything and returns the number of interleavings, each from the start to rest.</summary>
    /// <exception cref="ViolationException">A state fails its check.</exception>
    public BigInteger VisitAll() => Visit(Replay());

    private BigInteger Visit(IModel model)
    {
        var state = model.State();
        if (_interleavings.TryGetValue(state, out var known)) return known;
        var steps = model.Steps().Count;
        var sum = steps == 0 ? BigInteger.One : BigInteger.Zero;
        for (var step = 0; step < steps; step++)
        {
            _path.Add(step);
            sum += Visit(step == steps - 1 && GoesOn(model, step) ? model : Replay());
            _path.RemoveAt(_path.Count - 1);
        }

        return _interleavings[state] = sum;
    }

    // Running the path anew says what is wrong, and after which steps.
    private static bool GoesOn(IModel model, int step)
    {
        try
        {
            model.Steps()[step].Take();
            model.Check();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private IModel Replay()
    {
        var model = create();
        var names = new List<string>();
        try
        {
            foreach (var choice in _path)
            {
                var step = model.Steps()[choice];
                names.Add(step.Name);
                step.Take();
            }

            model.Check();
        }
        catch (Exception violation)
        {
            throw new ViolationException(names, violation);
        }

        return model;
    }
}
